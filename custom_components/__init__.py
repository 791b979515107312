"""Where Home Assistant looks for integrations."""
