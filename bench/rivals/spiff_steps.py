"""The same five steps by SpiffWorkflow: a diagram with five tasks, its state as JSON in a row, a commit for each.

It runs in an environment of its own and speaks as bench/stepping.py does. It keeps an event for each step, and no more:
no right is asked, nothing is recorded, no clock runs, nobody is told.
"""

import os
import tempfile
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import psycopg
from paced import work
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

STEPS = ("open", "assign", "accept", "answer", "confirm")
TABLES = """
create table if not exists instances (id uuid primary key, state jsonb, updated_at timestamptz default now());
create table if not exists events (id bigserial primary key, instance uuid, step text, at timestamptz default now())
"""


def diagram() -> str:
    """Start, five tasks of a person in a row, end."""
    nodes = ["start", *STEPS, "end"]
    flows = [f"{a}_{b}" for a, b in pairwise(nodes)]
    tasks = "".join(
        f'<bpmn:manualTask id="{step}" name="{step}"><bpmn:incoming>{flows[n]}</bpmn:incoming>'
        f"<bpmn:outgoing>{flows[n + 1]}</bpmn:outgoing></bpmn:manualTask>"
        for n, step in enumerate(STEPS)
    )
    lines = "".join(
        f'<bpmn:sequenceFlow id="{flow}" sourceRef="{a}" targetRef="{b}"/>'
        for flow, (a, b) in zip(flows, pairwise(nodes), strict=True)
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"'
        ' targetNamespace="http://example.org"><bpmn:process id="request" isExecutable="true">'
        f'<bpmn:startEvent id="start"><bpmn:outgoing>{flows[0]}</bpmn:outgoing></bpmn:startEvent>{tasks}'
        f'<bpmn:endEvent id="end"><bpmn:incoming>{flows[-1]}</bpmn:incoming></bpmn:endEvent>{lines}'
        "</bpmn:process></bpmn:definitions>"
    )


class Office:
    """One client with its connection."""

    def __init__(self) -> None:
        parser = BpmnParser()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "request.bpmn")
            path.write_text(diagram(), "utf-8")
            parser.add_bpmn_file(str(path))
            self.spec = parser.get_spec("request")
        self.serializer = BpmnWorkflowSerializer()
        self.connection = psycopg.connect(os.environ["DATABASE_URL"])
        self.connection.execute("select pg_advisory_lock(1)")
        self.connection.execute(TABLES)
        self.connection.commit()
        self.connection.execute("select pg_advisory_unlock_all()")
        self.connection.commit()

    def finish_one(self) -> None:
        """One instance: the row, then each task read from the row, done, written back and committed."""
        key = uuid4()
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        self._keep("insert into instances (state, id) values (%s, %s)", workflow, key, "")
        for step in STEPS:
            row = self.connection.execute("select state::text from instances where id = %s for update", [key])
            workflow = self.serializer.deserialize_json(row.fetchone()[0])
            task = workflow.get_next_task(state=TaskState.READY)
            assert task.task_spec.name == step, task
            task.data[step] = "done"
            task.run()
            workflow.do_engine_steps()
            self._keep("update instances set state = %s, updated_at = now() where id = %s", workflow, key, step)
        assert workflow.is_completed()

    def _keep(self, statement: str, workflow: BpmnWorkflow, key: object, step: str) -> None:
        self.connection.execute(statement, [self.serializer.serialize_json(workflow), key])
        self.connection.execute("insert into events (instance, step) values (%s, %s)", [key, step])
        self.connection.commit()


def main() -> None:
    """Work for as long as we are told."""
    work(Office().finish_one)


if __name__ == "__main__":
    main()
