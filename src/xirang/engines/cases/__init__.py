"""Who must do what by when? Processes declared by packs, cases that follow them, clocks that count working time."""
