"""Whether the web server of this machine answers well: exit code 0 or 1. Asks by a host name that it accepts."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/healthz", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].strip()})
sys.exit(connection.getresponse().status != 200)
