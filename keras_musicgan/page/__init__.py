"""A page that plays a model in a browser: from the file system, without a server or a network, or from a local server.

- `layout`: the keys, the conditions to choose from and the sounds of a page, as many as fit into its size
- `sounds`: a clip as FLAC with the loop that holds it; `rendering`: clips of a model as such sounds
- `document`: the page itself, from the files of `static/`
- `folder`: a folder with the page, and the sounds as scripts, since browsers let a page of the file system load neither
  data nor modules
- `on_demand`: sounds that are rendered when a browser wants them
- `server`: the page on a server, which needs the extra `app`
"""

from keras_musicgan.page.folder import Page, PageWarning, write

__all__ = ["Page", "PageWarning", "write"]
