"""What uWSGI imports in its master before it forks."""

import uwsgi

from server.app import held
from server.app.django import application  # noqa: F401 (uWSGI calls it)

uwsgi.post_fork_hook = held.begin_worker
held.master.hold()
