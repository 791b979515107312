"""What is done in the world: one adapter for each kind of effect."""
