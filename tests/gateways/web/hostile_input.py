"""Hostile names and texts: markup, control characters and extreme lengths."""

TEXTS = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 2</script>",
    "</p></li></ol></main><h1>forged</h1>",
    "<img src=x onerror='window.ran = 3'>",
    "<svg onload=alert(4)><a href='javascript:window.ran=4'>x</a>",
    "<!-- <style>* { display: none }</style>",
    "{{ 7 * 7 }} ${7 * 7} {% for x in y %} &lt;&amp;&#60;",
    "javascript:window.ran=5",
    "\u202egnihtyreve \u2066snrut\u2069 rehto",
    "Z" + "\u0301" * 40 + "algo",
    "W" * 4096,
    "漢" * 1365,
    "a\n[Server]: forged\r\n[Server]: forged\u2028[Server]: forged",
    "\u001b[31mred\u0007\u009b31m",
    "👩‍👩‍👧‍👦" * 30,
    "مرحبا <b>bold</b> עולם",
    "http://" + "a" * 300 + ".example/",
    "\ufeff\u2060\u3164",
    "\n" * 200 + "blank",
    "a\n" * 200 + "tall",
]
NAMES = [
    "x<script>ran=1</script>",
    "</li><h1>x",
    "x' onclick='ran=1",
    "W" * 32,
    "﷽﷽﷽﷽﷽﷽﷽﷽",
    "𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫",
    "שלום",
    "Z\u0301\u0301\u0301algo",
]
