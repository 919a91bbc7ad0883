"""The wire formats: bytes to segments and back. Knows no order, no database and no clock."""
