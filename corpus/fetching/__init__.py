"""Get pages from the web safely and politely, and make corpora of them.

    settings, errors, budget     limits and what can go wrong
    addresses, transport         which addresses may be opened, and connecting to no other
    client, politeness, coding   one page: redirects, robots.txt, rate, retries, bounded decompression
    formats, pages, docbook, charset, sandbox    bytes to readable text, in a process of its own
    archive, verdict             a dead or wrong page, and its copy in the Wayback Machine
    refreshing, making           a whole corpus: `askpost fetch` and `askpost new`

Import from the modules: this package loads nothing by itself, so that asking a question never loads it.
"""
