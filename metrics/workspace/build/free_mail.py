"""Domains of mail providers: an address there says nothing about the company."""

FREE_MAIL = (
    "126.com", "139.com", "163.com", "aim.com", "aliyun.com", "aol.com", "att.net", "bellsouth.net", "bigpond.com",
    "bk.ru", "bluewin.ch", "bol.com.br", "btinternet.com", "charter.net", "comcast.net", "cox.net", "daum.net",
    "earthlink.net", "fastmail.com", "foxmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com",
    "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de",
    "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "inbox.com", "inbox.ru", "internode.on.net", "juno.com",
    "laposte.net", "libero.it", "list.ru", "live.co.uk", "live.com", "live.fr", "live.nl", "mac.com", "mail.com",
    "mail.ru", "me.com", "msn.com", "naver.com", "ntlworld.com", "o2.pl", "orange.fr", "outlook.com", "outlook.de",
    "outlook.es", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com",
    "rocketmail.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com", "sky.com", "sohu.com",
    "sympatico.ca", "t-online.de", "telefonica.net", "telenet.be", "terra.com.br", "tiscali.it", "tutanota.com",
    "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.ca",
    "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr",
    "yahoo.it", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "zoho.com",
)  # fmt: skip
