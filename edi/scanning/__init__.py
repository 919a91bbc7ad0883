"""The one hot loop: delimited bytes to values and index arrays, compiled where that could be done, with numpy everywhere."""
