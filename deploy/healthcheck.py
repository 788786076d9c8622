"""Whether the web server of this machine answers: exit code 0 or 1. What else is the matter, /healthz says: a restart of
the web mends no dead worker. Asks by a host name that it accepts."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip()
host = "localhost" if host == "*" else host.removeprefix(".")
connection.request("GET", "/livez", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
