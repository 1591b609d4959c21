"""A verification's report for people and CI systems: terminal, HTML page, JUnit XML.

It shows what the verifier found and judges nothing. It runs on the user's machine, never inside
the lab.
"""
