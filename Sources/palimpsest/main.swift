import Bundle
import Commands

Palimpsest.main(cells: bundledCells)
