"""From what Home Assistant hears to commands: presses from trigger points, answers from phones."""
