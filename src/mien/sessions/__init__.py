"""The parts of a session: journal, tree of edits, stored files, patches, drift meter, contact sheet."""
