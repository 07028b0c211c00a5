"""What the product keeps on this machine: found and told, deleted when the user says so."""
