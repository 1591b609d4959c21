"""What this project builds: one Docker lab a stack, as its configuration describes it."""
