"""The control: what the pages are held to as HTML does find what is not."""

import pytest

from tests.pages.html import MalformedError, parsed
from tests.pages.markup import faults_of

PAGE = '<!doctype html><html lang="en"><head><title>A</title></head><body>{}</body></html>'
FAULTS = """
<p><ul><li>a</li></ul></p> | <ul> in <p>
<span><div>a</div></span> | <div> in <span>
<h2><p>a</p></h2> | <p> in <h2>
<a href="/"><div>a</div></a> |
<p><a href="/"><div>a</div></a></p> | <div> in <a>
<a href="/"><span><button>a</button></span></a> | <button> inside <a>
<form method="post"><div><form method="get"></form></div></form> | <form> inside <form>
<ul>a<li>b</li></ul> | text in <ul>: 'a'
<ul><div>a</div></ul> | <div> in <ul>
<ul></ul> | <ul> is empty
<dl><dd>a</dd></dl> | <dl> is not made of <dt> and <dd>
<dl><dt><h3>a</h3></dt><dd>b</dd></dl> | <h3> inside <dt>
<details><p>a</p></details> | <details> does not begin with its only <summary>
<fieldset><p>a</p><legend>b</legend></fieldset> | <legend> does not come first
<table><tr><td>a</td></tr><tr><td></td><td></td></tr></table> | <table> with rows of [1, 2] columns
<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table> |
<table><tr><p>a</p></tr></table> | <p> in <tr>
<center>a</center> | <center> is not known
<p align="left">a</p> | align= on <p>
<table border="1"><tr><td>a</td></tr></table> | border= on <table>
<img src="/a.svg"> | <img> without alt
<p id="">a</p> | id='' on <p>
<p id="a b">a</p> | id='a b' on <p>
<a href="/a b">a</a> | href='/a b' on <a>
<p lang="Swedish!">a</p> | lang='Swedish!' on <p>
<button type="send">a</button> | type='send' on <button>
<form method="put"></form> | method='put' on <form>
<input type="text" checked> | checked= on <input>
<input type="text" required="no"> | required='no' on <input>
<input type="text" maxlength="ten"> | maxlength='ten' on <input>
<input type="text" list="a"> | list='a' is no <datalist>
<input type="date" value="tomorrow"> | value='tomorrow' on <input> of type 'date'
<input type="date" value="2026-02-30"> | value='2026-02-30' on <input> of type 'date'
<input type="month" value="2026-02"> |
<input type="number" value="three"> | value='three' on <input> of type 'number'
<label for="a">a</label><p id="a">b</p> | <label> for <p>
<select required><option value="b">b</option></select> | required <select> without an empty choice
<p role="buton">a</p> | role='buton' on <p>
<p aria-labelled="a">a</p> | aria-labelled= on <p>
<p aria-hidden="yes">a</p> | aria-hidden='yes' on <p>
<div aria-label="a">b</div> | a name for <div>, which has no role
<div role="group" aria-label="a">b</div> |
<svg viewBox="0 0 1 1"><rect width="1" height="1"></rect></svg> |
<svg><div>a</div></svg> | <div> in a picture
<svg><rect style="fill: red"></rect></svg> | style= on <rect>
"""
CASES = [[cell.strip() for cell in line.split(" |")] for line in FAULTS.strip().splitlines()]


@pytest.mark.parametrize(("body", "fault"), CASES, ids=[body for body, _fault in CASES])
def test_fault_is_found_and_what_is_allowed_is_not(body: str, fault: str):
    assert list(faults_of(parsed(PAGE.format(body)))) == [fault] * bool(fault)


def test_page_without_doctype_is_found():
    bare = PAGE.format("").removeprefix("<!doctype html>")

    assert list(faults_of(parsed(bare))) == ["no doctype"]


@pytest.mark.parametrize("body", ["</p>", "<p>", "<b><i></b></i>", '<p id="a" id="b"></p>'])
def test_what_does_not_nest_is_no_page(body: str):
    with pytest.raises(MalformedError):
        parsed(PAGE.format(body))
