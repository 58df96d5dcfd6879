"""Whether a version that passed the gate takes the place of the champion."""
