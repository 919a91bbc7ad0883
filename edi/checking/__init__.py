"""How documents are checked against guides: places, structure, elements and values, each a column at a time."""
