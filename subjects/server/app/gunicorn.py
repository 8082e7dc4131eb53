"""gunicorn's configuration: what it calls before and after it forks."""


def when_ready(_arbiter):
    from server.app import held
    held.master.hold()


def post_worker_init(_worker):
    from server.app import held
    held.begin_worker()
