"""What a lab costs, beside a bare Pulumi program and Docker Compose, from one run on one machine.

`python -m bench` measures and prints a table; nothing here judges a change or is run by the tests.
"""
