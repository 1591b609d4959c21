"""The namespace verifier: reads the kernel of a container host and says what is isolated.

It runs once, inside the verification container on the lab's host (or by hand, as root, on any
Docker host). `gather` reads facts, `judge` decides on them, `render` shows the result. Standard
library only; it knows nothing of the program that starts it, and never talks to the engine.
"""

SCHEMA = "nsv/1"
