/** The look of Harbour Supply: sea, paper and one signal colour. */
export const style = `
:root{--sea:#0b3c49;--deep:#072a33;--foam:#f4f7f6;--paper:#fff;--line:#d5dfdd;--ink:#12262b;--soft:#4d6469;--signal:#d9480f;--good:#1b7f5a;--warn:#9a5b00;--bad:#b3261e;--focus:#f2a541}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--ink);background:var(--foam)}
a{color:var(--sea)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
header{background:linear-gradient(160deg,var(--sea),var(--deep));color:#fff}
.bar{max-width:1040px;margin:0 auto;padding:14px 24px;display:flex;align-items:center;gap:28px;flex-wrap:wrap}
.brand{display:flex;align-items:center;gap:10px;font-weight:700;letter-spacing:.02em;color:#fff;text-decoration:none;font-size:18px}
.brand svg{width:28px;height:28px}
nav{display:flex;gap:4px;flex:1}
nav a{color:#cfe3e1;text-decoration:none;padding:7px 12px;border-radius:8px;font-size:15px}
nav a:hover{background:rgba(255,255,255,.1);color:#fff}
nav a[aria-current=page]{background:rgba(255,255,255,.16);color:#fff;font-weight:600}
.who{display:flex;align-items:center;gap:12px;font-size:14px;color:#cfe3e1}
main{max-width:1040px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 14px}
.lead{color:var(--soft);margin:0 0 26px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:24px;box-shadow:0 1px 2px rgba(7,42,51,.05)}
.card>p:first-child{margin-top:0}
.grid{display:grid;gap:18px;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));margin-bottom:22px}
.figure{font-size:30px;font-weight:700;font-variant-numeric:tabular-nums;margin:2px 0}
.muted{color:var(--soft);font-size:14px}
label,legend{display:block;font-weight:600;font-size:14px;margin-bottom:6px}
fieldset{border:0;padding:0;margin:0}
.hint{font-weight:400;color:var(--soft)}
input[type=text],input[type=password],input[type=search],input[type=number],input[type=date],select,textarea{width:100%;font:inherit;color:inherit;background:#fff;border:1px solid #a9bcba;border-radius:9px;padding:10px 12px}
textarea{min-height:84px;resize:vertical}
.field{margin-bottom:18px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:18px}
.choice{display:flex;gap:10px;align-items:center;border:1px solid var(--line);border-radius:9px;padding:11px 13px;margin-bottom:8px;font-weight:400;cursor:pointer}
.choice:has(input:checked){border-color:var(--sea);background:#eaf3f2}
.choice input{accent-color:var(--sea);width:17px;height:17px}
button,.button{display:inline-block;font:inherit;font-weight:600;border:0;border-radius:9px;padding:11px 20px;background:var(--signal);color:#fff;cursor:pointer;text-decoration:none}
button:hover,.button:hover{background:#b93c0b}
button.quiet{background:transparent;color:#cfe3e1;border:1px solid rgba(255,255,255,.35);padding:6px 13px;font-size:14px}
button.quiet:hover{background:rgba(255,255,255,.12)}
button[disabled]{opacity:.55;cursor:progress}
.search{display:flex;gap:12px;align-items:end;margin-bottom:22px}
.search .field{flex:1;margin:0}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{text-align:left;font-size:13px;color:var(--soft);font-weight:600;padding:8px 12px;border-bottom:2px solid var(--line)}
td{padding:12px;border-bottom:1px solid var(--line)}
tbody tr:hover{background:#f3f8f7}
.number{text-align:right}
.badge{display:inline-block;font-size:13px;font-weight:600;padding:2px 10px;border-radius:99px;background:#e3e9e8}
.badge.paid{background:#d9f0e5;color:#0e5c3f}.badge.open{background:#dceaf5;color:#134b73}.badge.overdue{background:#fbe0dd;color:#8c1d16}
.alert{border-left:4px solid var(--bad);background:#fdecea;color:#7a1a14;border-radius:8px;padding:11px 15px;margin-bottom:20px}
.done{border-left-color:var(--good);background:#e2f4ec;color:#0d5138}
.narrow{max-width:420px;margin:48px auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:9px 26px;margin:0 0 22px}
dt{color:var(--soft)}dd{margin:0;font-weight:600}
.order-number{font-size:34px;font-weight:800;letter-spacing:.02em;color:var(--sea);font-variant-numeric:tabular-nums}
.busy{display:flex;align-items:center;gap:12px;color:var(--soft);padding:18px 4px}
.busy::before{content:"";width:18px;height:18px;border-radius:50%;border:3px solid var(--line);border-top-color:var(--sea);animation:turn .8s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){.busy::before{animation-duration:3s}}
@media (max-width:640px){.pair{grid-template-columns:1fr}.search{flex-direction:column;align-items:stretch}}
footer{max-width:1040px;margin:0 auto;padding:0 24px 36px;color:var(--soft);font-size:13px}
`;
