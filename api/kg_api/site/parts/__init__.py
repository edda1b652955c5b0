"""What several pages show: claims, statements, drawings, results, each made in one module."""
