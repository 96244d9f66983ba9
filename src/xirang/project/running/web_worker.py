"""What granian loads in each worker process: tied to granian before anything slow is imported.

A process that was still importing Django when its parent was killed would otherwise outlive the site.
"""

from importlib import import_module

from xirang.project.running.parent_death import tie_to_parent

tie_to_parent()
app = import_module("xirang.project.running.asgi").app
# The first reader must not wait while templates are compiled.
import_module("xirang.ui.jinja").warm()
