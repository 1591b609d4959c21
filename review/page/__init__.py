"""The page of Markdown that a pull request shows: sections, and how they fit its bounds."""
