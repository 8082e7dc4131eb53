"""nginx before a server: one worker process, on loopback."""

import os
import shutil
import subprocess
import tempfile
import time

from server.installed import lacks, output
from server.place import Place

FOLDERS = "/usr/local/sbin:/usr/sbin"  # which only root has in $PATH
LOOK_S = 0.01  # how often it is looked whether it has begun
PATIENCE_S = 10  # until it has

# Whatever it keeps lies in a directory of its own, which is removed once it has
# opened what it needs: nothing of it stays behind, however a run ends.
CONFIGURATION = """
daemon off;
worker_processes 1;
error_log stderr;
pid {directory}/pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    fastcgi_temp_path {directory}/fastcgi;
    proxy_temp_path {directory}/proxy;
    scgi_temp_path {directory}/scgi;
    uwsgi_temp_path {directory}/uwsgi;
    keepalive_requests 1000000000;
    upstream server {{
        server 127.0.0.1:{port};
        {keepalive}
    }}
    server {{
        listen 127.0.0.1:{own_port};
        location / {{ {passing} }}
    }}
}}
"""

PROXY = """
            proxy_pass http://server;
            proxy_http_version 1.1;
            proxy_set_header Host 127.0.0.1;
            proxy_set_header Connection "";
            proxy_read_timeout 1d;"""

UWSGI = """
            uwsgi_pass server;
            uwsgi_param REQUEST_METHOD $request_method;
            uwsgi_param REQUEST_URI $request_uri;
            uwsgi_param PATH_INFO $document_uri;
            uwsgi_param QUERY_STRING $query_string;
            uwsgi_param SERVER_PROTOCOL $server_protocol;
            uwsgi_param SERVER_NAME $server_name;
            uwsgi_param SERVER_PORT $server_port;
            uwsgi_read_timeout 1d;"""


def program():
    """Its path, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path=FOLDERS)


def missing():
    """Why it cannot run here, or None."""
    if not program():
        return lacks("nginx", "nginx-light")
    if not version():
        return f"{program()} does not say its version"
    return None


def version():
    """As it says, "" where it does not."""
    return output(program() or "nginx", "-v",
                  errors=subprocess.STDOUT).rpartition("nginx/")[2]


class Nginx:
    def __init__(self, server, port, workers, output):
        if missing():
            raise ValueError(missing())
        self.output = output
        place = Place()
        self.port = place.port
        self.directory = tempfile.mkdtemp(prefix="cowlab-nginx.")
        path = os.path.join(self.directory, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(
                directory=self.directory, port=port, own_port=self.port,
                keepalive=f"keepalive {workers};" if server.KEEPS_ALIVE else "",
                passing=UWSGI if server.SPEAKS_UWSGI else PROXY))
        self.process = subprocess.Popen(
            [program(), "-p", self.directory, "-c", path, "-e", "stderr"],
            env={**os.environ, "NGINX": f"{place.descriptor};"},
            pass_fds=[place.descriptor], stdin=subprocess.DEVNULL,
            stdout=output.writer, stderr=output.writer)
        place.close()
        try:
            self.await_start()
        finally:
            shutil.rmtree(self.directory)
        self.pidfd = os.pidfd_open(self.process.pid)

    def await_start(self):
        """It writes its pid when it has opened all else."""
        deadline = time.monotonic() + PATIENCE_S
        path = os.path.join(self.directory, "pid")
        while not (os.path.exists(path) and os.path.getsize(path)):
            if self.process.poll() is not None:
                raise ValueError(f"nginx did not start: {self.output.last()}")
            if time.monotonic() > deadline:
                raise ValueError(f"nginx has not started in {PATIENCE_S} s")
            time.sleep(LOOK_S)

    def stop(self):
        """At once; nobody asks it anything any more."""
        self.process.terminate()
