"""How much a file from outside may weigh, and how much its reader may use.

Everything that reads such a file asks here, on both sides of the wall between the web process and the reader.
"""

MEGABYTE = 1024 * 1024

UPLOAD_BYTES = 25 * MEGABYTE
UNPACKED_BYTES = 50 * MEGABYTE
ARCHIVE_MEMBERS = 200

COLUMNS = 300
ROWS = 50_000
CELLS = 5_000_000
# What a cell of a spreadsheet can hold at most (Excel's own limit).
CELL_CHARACTERS = 32_767

READER_MEMORY_BYTES = 1024 * MEGABYTE
READER_CPU_SECONDS = 30
READER_WALL_SECONDS = 60
READER_OUTPUT_BYTES = 64 * MEGABYTE
