"""Speech output: who speaks next, and the engines that synthesise."""
