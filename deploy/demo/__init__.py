"""The demo: one member's whole story, with everything real but Discord's servers."""
