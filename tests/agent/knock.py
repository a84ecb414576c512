"""Connects to an agent again and again, as the user it is run as; tells how often it was served:
how many of its greetings were answered, whatever the answer. Usage: knock.py SOCKET COUNT"""
import os
import sys

import agent


def served(path):
    with agent.Client(path, uid=os.geteuid(), greet=False) as client:
        return client.ask(agent.HELLO, bytes([1, 1])) is not None


print(sum(served(sys.argv[1]) for _ in range(int(sys.argv[2]))))
