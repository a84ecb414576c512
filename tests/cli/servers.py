"""Servers on the loopback interface that want a password: servers.py http USER PASSWORD FOLDER.
Prints the port, then serves until it is killed."""
import base64
import functools
import http.server
import sys


class Files(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, for those who know the password."""
    wanted = ""

    def do_GET(self):
        if self.headers.get("Authorization") == self.wanted:
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def http_server(user, password, folder):
    Files.wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    handler = functools.partial(Files, directory=folder)
    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


SERVERS = {"http": http_server}

if __name__ == "__main__":
    with SERVERS[sys.argv[1]](*sys.argv[2:]) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
