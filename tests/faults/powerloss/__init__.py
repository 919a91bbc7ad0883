"""Power losses, full and failing disks: what a double of the file system keeps, and what the next run makes of it."""
