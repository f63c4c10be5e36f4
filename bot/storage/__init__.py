"""What is kept: SQLAlchemy models, migrations, and `access`, the only way to a reflection."""
