"""Files laid open for people and build servers: ``crossfoot check`` and ``crossfoot inspect``. Nothing here is stored or sent."""
