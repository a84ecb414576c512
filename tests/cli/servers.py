"""Servers on the loopback interface that want a password:

    servers.py http USER PASSWORD FOLDER    the files of a folder, without TLS
    servers.py smtp USER PASSWORD FOLDER    takes a mail, to FOLDER/mail, with TLS from the start
    servers.py imap USER PASSWORD FOLDER    has one mail, likewise

Those with TLS write their certificate, for the name localhost, to FOLDER/certificate. Each prints
its port, then serves until it is killed."""
import base64
import datetime
import functools
import http.server
import pathlib
import re
import socketserver
import ssl
import sys

MAIL = b"From: eve@example.org\r\nSubject: hello\r\nMessage-ID: <1@example.org>\r\n\r\nBody.\r\n"


# ---- HTTP ----

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


# ---- Mail ----

class Lines(socketserver.StreamRequestHandler):
    """What the two protocols of mail share: lines that end in CR LF."""

    def say(self, *lines):
        for line in lines:
            self.wfile.write(line.encode() + b"\r\n")

    def heard(self):
        """Each line until there is no more."""
        while line := self.rfile.readline():
            yield line.decode().rstrip("\r\n")


class Smtp(Lines):
    """RFC 5321 with AUTH PLAIN (RFC 4954), as far as handing in a mail goes."""

    def handle(self):
        known = False
        self.say("220 localhost")
        for line in self.heard():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self.say("250-localhost", "250 AUTH PLAIN")
            elif verb.startswith("AUTH PLAIN "):
                given = base64.b64decode(line.split()[2]).decode().split("\0")
                known = given == ["", self.server.user, self.server.password]
                self.say("235 welcome" if known else "535 wrong")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif not known:
                self.say("530 who are you")
            elif verb == "DATA":
                self.say("354 go on")
                self.take()
            else:
                self.say("250 fine")

    def take(self):
        lines = []
        for line in self.heard():
            if line == ".":
                break
            lines.append(line)
        (self.server.folder / "mail").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.say("250 taken")


class Imap(Lines):
    """RFC 3501 with LOGIN, as far as fetching a mail goes."""

    def handle(self):
        known = False
        self.say("* OK [CAPABILITY IMAP4rev1] localhost")
        for line in self.heard():
            tag, verb, *rest = line.split(" ", 2)
            verb, rest = verb.upper(), rest[0] if rest else ""
            if verb == "LOGIN":
                words = [re.sub(r"\\(.)", r"\1", word)
                         for word in re.findall(r'"((?:\\.|[^"\\])*)"', rest)]
                known = words == [self.server.user, self.server.password]
                self.say(f"{tag} OK welcome" if known else f"{tag} NO wrong")
            elif verb == "LOGOUT":
                self.say("* BYE", f"{tag} OK bye")
                return
            elif verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
            elif not known:
                self.say(f"{tag} NO who are you")
            else:
                self.answer(verb, rest)
                self.say(f"{tag} OK done")

    def answer(self, verb, rest):
        if verb == "LIST":
            self.say('* LIST () "/" "INBOX"')
        elif verb in ("SELECT", "EXAMINE"):
            self.say("* 1 EXISTS", "* 0 RECENT", "* FLAGS (\\Seen)",
                     "* OK [UIDVALIDITY 1] valid", "* OK [UIDNEXT 2] next")
        elif verb == "UID" and "BODY" in rest.upper():
            self.wfile.write(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n" % (len(MAIL), MAIL))
        elif verb == "UID" and rest.upper().startswith("FETCH"):
            self.say(f"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE {len(MAIL)})")


def certificate(folder):
    """A certificate made here and now, and its key; gives the path of both together."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.datetime.utcnow(), datetime.timedelta(days=1)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - day).not_valid_after(now + day)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .sign(key, hashes.SHA256()))
    public = made.public_bytes(serialization.Encoding.PEM)
    (folder / "certificate").write_bytes(public)
    both = folder / "key"
    both.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()) + public)
    return both


def mail_server(handler, user, password, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.user, server.password, server.folder = user, password, folder
    return server


SERVERS = {"http": http_server, "smtp": functools.partial(mail_server, Smtp),
           "imap": functools.partial(mail_server, Imap)}

if __name__ == "__main__":
    with SERVERS[sys.argv[1]](*sys.argv[2:]) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
