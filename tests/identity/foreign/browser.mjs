// A browser as far as a sign-in needs one: cookies, redirects, forms.
export class Browser {
  constructor(origin, username, password) {
    Object.assign(this, { origin, username, password, jar: new Map(), seen: [] });
  }

  async get(url, form) {
    const target = new URL(url, this.origin);
    const headers = { cookie: [...this.jar].map(pair => pair.join('=')).join('; ') };
    const body = form && new URLSearchParams(form);
    if (form) headers.origin = this.origin;
    const options = { redirect: 'manual', headers, body, method: form ? 'POST' : 'GET' };
    const answer = await fetch(target, options);
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, ...rest] = cookie.split(';')[0].split('=');
      this.jar.set(name, rest.join('='));
    }
    this.seen.push(target.pathname);
    return answer;
  }

  // Follow an authorization request until it leaves for the application; answers that address.
  async visit(url, back, facts = []) {
    let answer = await this.get(url);
    for (let step = 0; step < 12; step += 1) {
      const to = answer.headers.get('location');
      if (to?.startsWith(back)) return new URL(to);
      if (to) { answer = await this.get(to); continue; }
      const html = await answer.text();
      const onward = html.match(/content="0;url=([^"]+)"/);
      if (onward) return new URL(onward[1].replaceAll('&amp;', '&'));
      answer = await this.fill(html, facts);
    }
    throw new Error(`never came back: ${this.seen.join(' ')}`);
  }

  async fill(html, facts) {
    const hidden = name => (html.match(new RegExp(`name="${name}" value="([^"]*)"`)) || [])[1]
      ?.replaceAll('&amp;', '&') ?? '';
    const form = [['csrfmiddlewaretoken', hidden('csrfmiddlewaretoken')]];
    if (html.includes('action="/oidc/consent"')) {
      form.push(['t', hidden('t')], ['answer', 'allow'], ...facts.map(fact => ['facts', fact]));
      return this.get('/oidc/consent', form);
    }
    if (!html.includes('type="password"')) throw new Error(`what is this? ${html.slice(0, 900)}`);
    form.push(['next', hidden('next')], ['level', hidden('level')], ['password', this.password]);
    if (html.includes('name="username"')) form.push(['username', this.username]);
    return this.get(html.includes('action="/account/prove/') ? '/account/prove/' : '/sign-in/', form);
  }
}
