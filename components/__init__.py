"""How each piece of a lab is built: one concept a module.

Imports nothing, so that a pure helper costs no SDK.
"""
