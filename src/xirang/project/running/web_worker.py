"""What granian loads in each worker process: tied to granian before anything else happens.

The process is forked from one that has the site loaded already; where it is not, as in a test that starts granian
itself, a worker that was still importing when its parent was killed would otherwise outlive the site.
"""

from importlib import import_module

from xirang.project.running.parent_death import tie_to_parent
from xirang.project.running.process_name import name_process

tie_to_parent()
name_process("xirang-page")
app = import_module("xirang.project.running.asgi").app
