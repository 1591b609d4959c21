"""`backup` and `restore`: a stack's volumes to tar files and back, by a one-shot container.

The engine's own archive interface is not used: under userns-remap it gives the machine's user ids,
and with any engine it loses set-user-id bits, extended attributes and parts of a second.
"""
