"""What the tests of the rules share."""

import pytest

from .story import HANDLE_PRESS, Story


@pytest.fixture
def story() -> Story:
    """Return a story that begins with a press, heard and answered by nobody yet."""
    story = Story()
    story.at(0, HANDLE_PRESS)
    return story
