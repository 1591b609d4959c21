"""How a bare machine gets what the lab needs, and the verbs that use it.

It knows nothing of the lab's model.
"""
