"""The six namespaces shown live: each is made in a child process, and looked at from outside."""
