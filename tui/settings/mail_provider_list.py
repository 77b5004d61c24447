# SPDX-License-Identifier: MPL-2.0
#
# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy
# of the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
"""The mail servers that providers publish.

They come from Thunderbird's provider list (https://github.com/thunderbird/autoconfig, folder
`ispdb`), as of November 2026, reduced to SMTP and POP3 servers, ports and logins. The rest of
the program has a licence of its own.
"""

SOURCE = "Thunderbird's provider list, November 2026"

LIST = """\
asmtp.mail.dk 587t @ | pop3.mail.dk 995s @
bay.wind.ne.jp 587n local | bay.wind.ne.jp 110n local
co1.wind.ne.jp 587n local | co1.wind.ne.jp 110n local
co2.wind.ne.jp 587n local | co2.wind.ne.jp 110n local
co3.wind.ne.jp 587n local | co3.wind.ne.jp 110n local
dan.wind.ne.jp 587n local | dan.wind.ne.jp 110n local
email.active24.com 465s @ | email.active24.com 995s @
email.nili.email 465s 587t @ | email.nili.email 995s @
go.tvm.ne.jp 25n local | go.tvm.ne.jp 110n local
kl.wind.ne.jp 587n local | kl.wind.ne.jp 110n local
mail.aikis.or.jp 587t local | mail.aikis.or.jp 995s local
mail.biglobe.ne.jp 465s @ | mail.biglobe.ne.jp 995s @
mail.broba.cc 587n @ | mail.broba.cc 110n @
mail.btinternet.com 465s @ | mail.btinternet.com 995s @
mail.clio.ne.jp 587n local | mail.clio.ne.jp 110n local
mail.clustermail.de 587t 25t @ | mail.clustermail.de 995s 110t @
mail.ee 465s @ | mail.ee 995s @
mail.gandi.net 465s 587t @ | mail.gandi.net 995s 110t @
mail.gmx.com 465s 587t @ | pop.gmx.com 995s 110t @
mail.gmx.net 465s 587t @ | pop.gmx.net 995s 110t @
mail.hal.ne.jp 587n local | mail.hal.ne.jp 110n @
mail.hana.or.jp 587n local | mail.hana.or.jp 110n local
mail.inbox.lv 465s @ | mail.inbox.lv 995s @
mail.ipax.at 465s @
mail.iwafune.ne.jp 25n local | mail.iwafune.ne.jp 110n local
mail.mahoroba.ne.jp 587n local | mail.mahoroba.ne.jp 110n local
mail.mnet.ne.jp 587t @ | mail.mnet.ne.jp 995s 110t @
mail.mopera.net 465s 587t local | mail.mopera.net 995s 110t local
mail.nsat.jp 587n @ | mail.nsat.jp 110n @
mail.postecert.it 465s @ | mail.postecert.it 995s @
mail.runestone.net 587t local | mail.runestone.net 995s local
mail.schwaz.net 465s 587t @ | pop3.schwaz.net 995s @
mail.twc.com 587t @ | mail.twc.com 995s @
mail.wind.ne.jp 587n local | mail.wind.ne.jp 110n local
mail.your-server.de 465s @
mail.zeelandnet.nl 465s local | mail.zeelandnet.nl 995s local
mailhost.pdx.edu 465s 587t @
mbox.iij4u.or.jp 587t dotted | mbox.iij4u.or.jp 110t dotted
mbox.iijmio-mail.jp 587t dotted | mbox.iijmio-mail.jp 110t dotted
ml.murakami.ne.jp 25n local | ml.murakami.ne.jp 110n local
mobile.charter.net 587s @ | mobile.charter.net 995s @
msa.cc9.ne.jp 465s local | pop.cc9.ne.jp 995s local
out.alice.it 587t @ | in.alice.it 110t @
out.email.it 465s @ | pop.email.it 995s @
out.virgilio.it 465s @ | in.virgilio.it 995s @
outbound.att.net 465s @, smtp.mail.att.net 465s @ | inbound.att.net 995s @
outgoing.mit.edu 465s local
plato.cgl.ucsf.edu 587t local
po.inet-shibata.or.jp 25n local | po.inet-shibata.or.jp 110n local
po.iwafune.ne.jp 25n local | po.iwafune.ne.jp 110n local
po.wind.ne.jp 587n local | po.wind.ne.jp 110n local
poczta.o2.pl 465s 587t local | poczta.o2.pl 995s local
pop.bb-niigata.jp 25n local | pop.bb-niigata.jp 110n local
pop.shibata.ne.jp 25n local | pop.shibata.ne.jp 110n local
posteo.de 465s 587t @ | posteo.de 995s 110t @
promail.ptd.net 465s 587t local | promail.ptd.net 995s 110t local
relay.proximus.be 587t @ | pop.proximus.be 995s @
secure.emailsrvr.com 465s @
securemail.a1.net 587t @
securesmtp.t-online.de 465s 587t @ | securepop.t-online.de 995s @
send.one.com 465s @
send.xtra.co.nz 465s @ | pop3.xtra.co.nz 995s @
smtp-auth.tiki.ne.jp 587n @ | mx.tiki.ne.jp 110n local, mx1.tiki.ne.jp 110n local
smtp-mail.outlook.com 587t @ | outlook.office365.com 995s @
smtp.126.com 465s @
smtp.163.com 465s @
smtp.1und1.de 465s 587t @ | pop.1und1.de 995s 110t @
smtp.aol.com 465s @ | pop.aol.com 995s @
smtp.blueyonder.co.uk 465s @ | pop3.blueyonder.co.uk 995s @
smtp.centurylink.net 587t @ | pop.centurylink.net 995s @
smtp.cesky-hosting.cz 465s 587t 25t @ | mail.cesky-hosting.cz 995s 110t @
smtp.comcast.net 465s 587t @ | mail.comcast.net 995s 110t @
smtp.daum.net 465s @
smtp.dondominio.com 465s @ | pop3.dondominio.com 995s @
smtp.elpasotel.net 587t @ | pop3.elpasotel.net 995s @
smtp.eu.appsuite.cloud 587t @ | pop.eu.appsuite.cloud 995s @
smtp.fastmail.com 465s @ | pop.fastmail.com 995s @
smtp.fastwebnet.it 587t @ | pop.fastwebnet.it 995s @
smtp.free.fr 465s local | pop.free.fr 995s local
smtp.gigahost.dk 587t @ | mail.gigahost.dk 995s @
smtp.gmail.com 465s @ | pop.gmail.com 995s @
smtp.gransy.com 465s 587t 25t @ | imap.gransy.com 995s 110t @
smtp.ic-net.or.jp 587n local | mail.ic-net.or.jp 110n local
smtp.jet.ne.jp 465s 587t local | pop.jet.ne.jp 995s local
smtp.jubii.dk 465s @ | imap.jubii.dk 995s @
smtp.kelcom.net 587t @ | pop.kelcom.net 995s @
smtp.kokuyou.ne.jp 25n - | mail.kokuyou.ne.jp 110n local
smtp.kpnmail.nl 465s 587t @ | pop.kpnmail.nl 995s 110t @
smtp.laposte.net 465s local | pop.laposte.net 995s local
smtp.libero.it 465s @ | popmail.libero.it 995s @
smtp.mail.com 465s 587t @ | pop.mail.com 995s 110t @
smtp.mail.goo.ne.jp 587n local | pop.mail.goo.ne.jp 110n local
smtp.mail.me.com 587t @
smtp.mail.ru 465s 587t @ | pop.mail.ru 995s 110t @
smtp.mail.tiscali.cz 25n @ | pop3.mail.tiscali.cz 110n @
smtp.mail.yahoo.co.jp 465s local | pop.mail.yahoo.co.jp 995s local
smtp.mail.yahoo.com 465s @ | pop.mail.yahoo.com 995s @
smtp.naver.com 465s @ | pop.naver.com 995s @
smtp.nifty.com 587n local | pop.nifty.com 110n local
smtp.ntlworld.com 465s @ | pop3.ntlworld.com 995s @
smtp.ocn.ne.jp 465s @ | pop.ocn.ne.jp 995s @
smtp.office365.com 587t @ | outlook.office365.com 995s @
smtp.orange.fr 465s @ | pop.orange.fr 995s @
smtp.parabox.or.jp 25n local | pop3.parabox.or.jp 110n local
smtp.pobox.com 465s 587t @ | mail.pobox.com 995s 110t @
smtp.poczta.onet.pl 465s 587t @ | pop3.poczta.onet.pl 995s @
smtp.q.com 587t @ | mail.q.com 995s @
smtp.qq.com 465s @
smtp.rambler.ru 465s @ | pop.rambler.ru 995s @
smtp.rediffmail.com 586s 465s 587n @ | pop.rediffmail.com 995s 110n @
smtp.registrator.cz 587t @ | pop3.registrator.cz 995s @
smtp.sapo.pt 465s @ | pop.sapo.pt 995s @
smtp.seznam.cz 465s @ | pop3.seznam.cz 995s @
smtp.sfr.fr 465s @ | pop.sfr.fr 995s @
smtp.softbank.jp 465s local
smtp.strato.de 465s 587t @ | pop3.strato.de 995s @
smtp.telstra.com 465s @ | pop.telstra.com 995s @
smtp.teol.net 465s - | pop3.teol.net 995s @
smtp.tim.it 587t @ | pop.tim.it 110t @
smtp.tiscali.it 465s @ | pop.tiscali.it 995s @
smtp.tools.sky.com 465s @ | pop.tools.sky.com 995s @
smtp.us.appsuite.cloud 587t @ | pop.us.appsuite.cloud 995s @
smtp.virgin.net 465s @ | pop.virgin.net 995s @
smtp.virginmedia.com 465s @ | pop3.virginmedia.com 995s @
smtp.vodafonemail.de 465s @ | pop3.vodafonemail.de 995s @
smtp.web.de 465s 587t local | pop3.web.de 995s 110t local
smtp.webhuset.no 465s 587t @ | mail.webhuset.no 995s @
smtp.websupport.sk 465s 25t @ | pop.websupport.sk 995s 110t @
smtp.wp.pl 465s local | pop3.wp.pl 995s local
smtp.yandex.com 465s @ | pop.yandex.com 995s @
smtp.yeah.net 465s @
smtp.ziggo.nl 587t @ | pop.ziggo.nl 995s @
smtp.zoho.com 465s 587t @ | pop.zoho.com 995s @
smtp.zoho.com.au 465s 587t @ | pop.zoho.com.au 995s @
smtp.zoho.eu 465s 587t @ | pop.zoho.eu 995s @
smtp.zoho.in 465s 587t @ | pop.zoho.in 995s @
smtp.zoho.jp 465s 587t @ | pop.zoho.jp 995s @
smtp.zohocloud.ca 465s 587t @ | pop.zohocloud.ca 995s @
smtp01.educa.madrid.org 465s 587t local | pop.educa.madrid.org 995s local
smtp02.jet.ne.jp 587n local | pop02.jet.ne.jp 110n local
smtpa.cek.ne.jp 465s @ | mail.cek.ne.jp 995s @
smtpa.iiyama-catv.ne.jp 465s @ | mail.iiyama-catv.ne.jp 995s @
smtpauth.centurytel.net 587t @ | pop.centurytel.net 995s @
smtpauth.earthlink.net 587t @ | pop.earthlink.net 995s @
smtpauth.peoplepc.com 587t @ | pop.peoplepc.com 110n @
smtpauths.bluewin.ch 465s @ | pop3s.bluewin.ch 995s @
smtphm.sympatico.ca 587t @ | pophm.sympatico.ca 995s @
smtpout.secureserver.net 465s @ | pop.secureserver.net 995s @
smtps.bol.com.br 465s 587t local | pop3.bol.com.br 995s local
smtps.cty-net.ne.jp 465s @ | pops.cty-net.ne.jp 995s @
smtps.janis.or.jp 465s @ | pops.janis.or.jp 995s @
smtps.pec.aruba.it 465s @ | pop3s.pec.aruba.it 993s @
smtps.uol.com.br 587t local | pop3.uol.com.br 995s local
so.wind.ne.jp 587n local
ssl0.ovh.net 465s @ | ssl0.ovh.net 995s @
sslout.df.eu 465s @ | sslin.df.eu 995s @
univr.smtpauth.cineca.it 465s @ | univr.mail.cineca.it 995s @
vs.tiki.ne.jp 587n @ | vp.tiki.ne.jp 110n local
xp.wind.jp 587n local | xp.wind.jp 110n local
ybbsmtp.mail.yahoo.co.jp 465s local | ybbpop.mail.yahoo.co.jp 995s local
"""
"""A provider a line, written as `tui.settings.mail_providers` reads it."""
