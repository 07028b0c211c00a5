"""The shared core of Chinese text: segmentation, readings, numbers, traditional to simplified."""
