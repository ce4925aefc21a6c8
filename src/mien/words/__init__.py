"""Words about faces: a sentence in, what it asks for out, and which of its words were not understood. No networks."""
