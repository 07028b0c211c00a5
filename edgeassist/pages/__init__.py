"""What our HTML reports are made of: tables, and pictures as inline SVG, for everybody."""
