#!/usr/bin/python3
"""Makes the samples that are zip files, always the same bytes: make_zips.py FOLDER"""
import json
import pathlib
import sys
import zipfile

BITWARDEN_ITEM = "11111111-2222-4333-8444-555555555508"
BITWARDEN = {
    "data.json": {"encrypted": False, "folders": [], "items": [{
        "id": BITWARDEN_ITEM, "type": 1, "name": "with files", "favorite": False,
        "login": {"username": "joe", "password": "pw"}}]},
    f"attachments/{BITWARDEN_ITEM}/a.txt": b"one\n",
    f"attachments/{BITWARDEN_ITEM}/dir/b.bin": bytes(range(256)),
    "attachments/00000000-0000-4000-8000-000000000000/nobody.txt": b"x",
}


def login_field(name, value, designation="", kind="T"):
    return {"value": value, "id": "", "name": name, "fieldType": kind, "designation": designation}


def field(title, name=None, **value):
    return {"title": title, "id": name or "x" + title, "value": value, "indexAtSource": 0,
            "guarded": False, "multiline": False, "dontGenerate": False,
            "inputTraits": {"keyboard": "default", "correction": "default"}}


ONEPUX_ITEMS = [
    {"uuid": "fkruyzrldvizuqlnavfj3gltfe", "favIndex": 1, "createdAt": 1614298956,
     "updatedAt": 1635346445, "state": "active", "categoryUuid": "001",
     "details": {
         "loginFields": [login_field("username", "joe", "username"),
                         login_field("password", "p\u00e4ss", "password", "P"),
                         login_field("pin", "0042", "", "P"),
                         login_field("remember", "yes", "", "C"),
                         login_field("shop", "north")],
         "notesPlain": "a note",
         "sections": [{"title": "Security", "name": "s1", "fields": [
             field("one-time password", totp="otpauth://totp/a:joe?secret=JBSWY3DPEHPK3PXP"),
             field("recovery", concealed="abc-def"),
             field("mail", email={"email_address": "joe@mail.example", "provider": None}),
             field("card", creditCardNumber="4111111111111111"),
             field("until", monthYear=202712),
             field("site", url="https://third.example"),
             field("home", address={"street": "1 Road", "city": "Town", "zip": "1"}),
             field("paper", file={"fileName": "paper.txt", "documentId": "ycz5",
                                  "decryptedSize": 5}),
             field("empty", string="")]}],
         "passwordHistory": [{"value": "older", "time": 1458322355}]},
     "overview": {"subtitle": "joe", "title": "Shop", "url": "https://shop.example",
                  "urls": [{"label": "website", "url": "https://shop.example"},
                           {"label": "second", "url": "https://second.example"}],
                  "ps": 100, "pbe": 86.1, "pgrng": True, "tags": ["a", "b/c"],
                  "watchtowerExclusions": None}},
    {"uuid": "abcdefghijklmnopqrstuvwxyz", "favIndex": 0, "createdAt": 1, "updatedAt": 2,
     "state": "archived", "categoryUuid": "006",
     "details": {"notesPlain": "", "documentAttributes": {
         "fileName": "My document.bin", "documentId": "o2xjvw2q5j2yx6rtpxfjdqopom",
         "decryptedSize": 3}},
     "overview": {"title": "Document"}},
    {"uuid": "zzzzzzzzzzzzzzzzzzzzzzzzzz", "favIndex": 0, "createdAt": 1600000000,
     "updatedAt": 1600000001, "trashed": True, "categoryUuid": "114",
     "details": {"sections": [{"title": "", "name": "", "fields": [
         field("private key", sshKey={"privateKey": "-----BEGIN", "metadata": {
             "publicKey": "ssh-ed25519 AAAA"}}), field("missing", file={
                 "fileName": "gone", "documentId": "none", "decryptedSize": 1})]}]},
     "overview": {"title": "Key"}},
    {"uuid": "yyyyyyyyyyyyyyyyyyyyyyyyyy", "categoryUuid": "005", "createdAt": 1600000000,
     "updatedAt": 1600000001, "details": {"password": "alone"}, "overview": {"title": "Password"}},
    {"uuid": "ssssssssssssssssssssssssss", "categoryUuid": "110", "createdAt": 1600000000,
     "updatedAt": 1600000001, "details": {"loginFields": [], "sections": [
         {"title": "", "name": "", "fields": [
             field("URL", "url", string="https://server.example"),
             field("username", "username", string="root"),
             field("password", "password", concealed="of the server"),
             field("installed", "day", date=1136073660),
             field("built", "built", date=-347111940)]},
         {"title": "Admin Console", "name": "admin_console", "fields": [
             field("console password", "admin_console_password", concealed="of the console")]},
         {"title": "Hosting Provider", "name": "hosting_provider_details", "fields": [
             field("name", "name", string="")]}]},
     "overview": {"title": "Server"}},
    {"uuid": "mmmmmmmmmmmmmmmmmmmmmmmmmm", "categoryUuid": "111", "createdAt": 1600000000,
     "updatedAt": 1600000001, "details": {"loginFields": [], "sections": [
         {"title": "", "name": "", "fields": [
             field("type", "pop_type", menu="imap"),
             field("username", "pop_username", string="joe@mail.example"),
             field("server", "pop_server", string="imap.mail.example"),
             field("password", "pop_password", concealed="of the mailbox")]},
         {"title": "SMTP", "name": "SMTP", "fields": [
             field("password", "smtp_password", concealed="to send")]}]},
     "overview": {"title": "Mailbox"}},
]
ONEPUX = {
    "export.attributes": {"version": 3, "description": "1Password Unencrypted Export",
                          "createdAt": 1609459200},
    "export.data": {"accounts": [{"attrs": {"name": "Joe"}, "vaults": [
        {"attrs": {"uuid": "v", "desc": "", "avatar": "", "name": "Private", "type": "P"},
         "items": ONEPUX_ITEMS},
        {"attrs": {"name": "Old"}, "items": [{"item": {
            "uuid": "oldoldoldoldoldoldoldoldol", "details": {},
            "overview": {"title": "Old"}}}]}]}]},
    "files/ycz5__paper.txt": b"paper",
    "files/o2xjvw2q5j2yx6rtpxfjdqopom__My document.bin": b"\0\1\2",
}


def proton(kind, name, content, number, **more):
    return {"itemId": f"item{number}==", "shareId": "share==", "state": 1, "aliasEmail": None,
            "contentFormatVersion": 6, "createTime": 1689182868, "modifyTime": 1689182908,
            "pinned": False, "shareCount": 0, "data": {
                "metadata": {"name": name, "note": "", "itemUuid": "b0b8a2e5"},
                "extraFields": [], "platformSpecific": None, "type": kind,
                "content": content}} | more


PROTON_LOGIN = proton("login", "Mail", {
    "itemEmail": "joe@mail.example", "itemUsername": "joe", "password": "pw",
    "urls": ["https://mail.example", "https://b.example"],
    "autofillUrls": [{"url": "https://mail.example", "mode": 0},
                     {"url": "https://exact.example/x", "mode": 6}],
    "totpUri": "otpauth://totp/Mail:joe?secret=JBSWY3DPEHPK3PXP",
    "passkeys": [{"keyId": "abc", "domain": "mail.example", "content": "AAAA"}]}, 1,
    pinned=True, files=["a/b.txt", "gone.txt"])
PROTON_LOGIN["data"]["metadata"]["note"] = "a note"
PROTON_LOGIN["data"]["extraFields"] = [
    {"fieldName": "color", "type": "text", "data": {"content": "red"}},
    {"fieldName": "PIN", "type": "hidden", "data": {"content": "0042"}},
    {"fieldName": "second", "type": "totp",
     "data": {"totpUri": "otpauth://totp/x?secret=GEZDGNBV"}},
    {"fieldName": "day", "type": "timestamp", "data": {"timestamp": "2024-01-01T00:00:00Z"}},
    {"fieldName": "odd", "type": "new", "data": {"content": "x"}}]
PROTON_JSON = {"encrypted": False, "userId": "user==", "version": "1.31.0", "vaults": {
    "share==": {"name": "Personal", "description": "", "display": {"icon": 0}, "items": [
        PROTON_LOGIN,
        proton("login", "Only mail", {
            "itemEmail": "ann@mail.example", "itemUsername": "", "password": "x", "urls": [],
            "totpUri": "", "passkeys": []}, 2),
        proton("creditCard", "Card", {
            "cardholderName": "Joe", "cardType": 0, "number": "4111111111111111",
            "verificationNumber": "123", "expirationDate": "2027-12", "pin": "9999"}, 3, state=2),
        proton("note", "Note", {}, 4),
        proton("alias", "Alias", {}, 5, aliasEmail="a.b@passmail.example"),
        proton("identity", "Me", {
            "fullName": "Joe Doe", "email": "", "socialSecurityNumber": "1-2-3",
            "extraPersonalDetails": [
                {"fieldName": "pet", "type": "text", "data": {"content": "cat"}}],
            "extraSections": [{"sectionName": "More", "sectionFields": [
                {"fieldName": "code", "type": "hidden", "data": {"content": "77"}}]}]}, 6)]}}}
PROTON = {"Proton Pass/data.json": PROTON_JSON, "Proton Pass/files/a_b.txt": b"file\n",
          "Proton Pass/files/other.txt": b"nobody's\n"}

DASHLANE = {
    "credentials.csv": b"username,username2,username3,title,password,note,url,category,otpUrl\n"
                       b"joe,,,Shop,p1,hi,https://shop.example,Shopping,\n",
    "securenotes.csv": b"title,note\nA note,text\n",
    "payments.csv": b"type,account_name,account_holder,cc_number,code,expiration_month,"
                    b"expiration_year,routing_number,account_number,country,issuing_bank,"
                    b"note,name\n"
                    b"payment_card,Card,Joe,4111111111111111,123,12,2027,,,DE,,,Visa\n",
    "ids.csv": b"type,number,name,issue_date,expiration_date,place_of_issue,state\n"
               b"passport,C01X,Joe Doe,2020-01-01,2030-01-01,,\n",
    "personalInfo.csv": b"type,title,first_name,middle_name,last_name,login,date_of_birth,"
                        b"place_of_birth,email,email_type,item_name,phone_number,address,country,"
                        b"state,city,zip,address_recipient,address_building,address_apartment,"
                        b"address_floor,address_door_code,job_title,url\n"
                        b"email,,,,,,,,joe@mail.example,personal,Mail,,,,,,,,,,,,,\n",
}


# As the app for macOS writes them.
DASHLANE_FOLDER = {
    "Dashlane CSV/credentials.csv":
        b"username,username2,username3,title,password,note,url,category,otp\n"
        b",joe,,Shop,p1,,https://shop.example,,null\n",
    "Dashlane CSV/secureNotes.csv": b"title,note,category\nA note,text,\n",
    "Dashlane CSV/wifi.csv": b"ssid,passphrase,name,note,hidden,encription_type\n"
                             b"HOME-2,p2,,,false,WPA2\n",
}


def make(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in members.items():
            if not isinstance(contents, bytes):
                contents = json.dumps(contents).encode()
            archive.writestr(zipfile.ZipInfo(name), contents, zipfile.ZIP_DEFLATED)


folder = pathlib.Path(sys.argv[1])
make(folder / "bitwarden.zip", BITWARDEN)
make(folder / "1password.1pux", ONEPUX)
make(folder / "protonpass.zip", PROTON)
make(folder / "dashlane.zip", DASHLANE)
make(folder / "dashlane-folder.zip", DASHLANE_FOLDER)
(folder / "protonpass.json").write_text(json.dumps(PROTON_JSON, indent=1) + "\n", encoding="ascii")
