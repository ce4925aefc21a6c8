"""One recipe for many photos: listed, spread over processes or a Ray cluster, reported; nothing is half written."""
