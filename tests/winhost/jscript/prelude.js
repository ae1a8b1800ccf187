// Copyright (c) 2026, winlegacy.servicing contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// Turns the engine into what a script of JScript 5.7 sees: COM objects in, everything younger than 1999 out.
(function (global) {
  "use strict";
  const call = call_python, Names = Set, Handler = Proxy, removeProperty = Reflect.deleteProperty, toPrimitive = Symbol.toPrimitive, NativeDate = Date, NativeError = Error, WrappedObjects = new WeakMap(), types = {};
  const GoneObjects = new FinalizationRegistry(id => call("com", id, "drop", "", []));
  const define = Object.defineProperty, names = Object.getOwnPropertyNames, describe = Object.getOwnPropertyDescriptor;

  function fail(number, description) {
    const error = new NativeError(description);
    define(error, "number", { value: number, writable: true, configurable: true });
    define(error, "description", { value: description, writable: true, configurable: true });
    throw error;
  }
  function out(value) {
    if (value === undefined) return { u: 1 };
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return isFinite(value) ? value : { x: 1 };
    if (WrappedObjects.has(value)) return { o: WrappedObjects.get(value) };
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return value.valueOf();
    return { x: 1 };
  }
  function back(result) {
    if (result === null || result === undefined) return undefined;
    if ("e" in result) fail(result.e[0], result.e[1]);
    if ("a" in result) {
      const values = [];
      for (let index = 0; index < result.a.length; index++) values.push(back(result.a[index]));
      return values;
    }
    if ("o" in result) return wrap(result.o, result.t);
    return result.v;
  }
  function invoke(id, kind, name, values) {
    const wire = [];
    for (let index = 0; index < values.length; index++) wire.push(out(values[index]));
    return back(call("com", id, kind, name, wire));
  }
  const noMember = () => fail(-2146827850, "Object doesn't support this property or method");
  function wrap(id, type) {
    const shape = types[type] || (types[type] = readShape(type));
    const proxy = new Handler(shape.d ? function () {} : {}, {
      get(target, key) {
        if (typeof key === "symbol") return key === toPrimitive ? () => (shape.d ? invoke(id, "get", "", []) : "[object]") : undefined;
        const name = key.toLowerCase();
        if (shape.m.has(name)) return function () { return invoke(id, "call", name, arguments); };
        if (shape.p.has(name)) return invoke(id, "get", name, []);
        return noMember();
      },
      set(target, key, value) {
        const name = String(key).toLowerCase();
        if (!shape.p.has(name)) noMember();
        invoke(id, "set", name, [value]);
        return true;
      },
      apply(target, self, values) { return invoke(id, "call", "", values); },
      has() { return false; }, ownKeys() { return []; },
      getPrototypeOf() { return null; }, defineProperty() { return noMember(); }, deleteProperty() { return noMember(); },
    });
    WrappedObjects.set(proxy, id);
    GoneObjects.register(proxy, id);
    return proxy;
  }
  function readShape(type) {
    const shape = call("com", 0, "type", type, []);
    return { m: new Names(shape.m), p: new Names(shape.p), d: shape.d };
  }

  const kept = {
    "": "Array ActiveXObject Boolean Date Enumerator Error EvalError Function GetObject Infinity Math NaN Number Object RangeError ReferenceError RegExp String " +
      "SyntaxError TypeError URIError VBArray WScript WSH ScriptEngine ScriptEngineBuildVersion ScriptEngineMajorVersion ScriptEngineMinorVersion CollectGarbage " +
      "decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval isFinite isNaN parseFloat parseInt undefined unescape",
    Array: "concat join pop push reverse shift slice sort splice toLocaleString toString unshift",
    String: "anchor big blink bold charAt charCodeAt concat fixed fontcolor fontsize indexOf italics lastIndexOf link localeCompare match replace search slice " +
      "small split strike sub substr substring sup toLocaleLowerCase toLocaleUpperCase toLowerCase toString toUpperCase valueOf",
    Number: "toExponential toFixed toLocaleString toPrecision toString valueOf",
    Object: "hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf",
    Function: "apply call toString",
    RegExp: "compile exec test toString source global ignoreCase multiline flags",
    Date: names(Date.prototype).filter(name => !/^(toISOString|toJSON|toTemporalInstant)$/.test(name)).join(" "),
  };
  const statics = {
    Array: "", String: "fromCharCode", Number: "MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY", Object: "", Function: "", RegExp: "", Date: "parse UTC",
    Math: "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan",
  };
  function hide(object, name) {
    if (describe(object, name).writable) object[name] = undefined;
  }
  function prune(object, list, always) {
    const wanted = new Names((list + " " + always).split(" "));
    for (const name of names(object)) if (!wanted.has(name) && !removeProperty(object, name)) hide(object, name);
  }

  // JScript's own ways.
  const split = String.prototype.split, substr = String.prototype.substr;
  define(String.prototype, "split", { value: function (by, limit) {
    const parts = split.call(this, by, limit === undefined ? undefined : limit);
    if (!(by instanceof RegExp)) return parts;
    const full = [];
    for (let index = 0; index < parts.length; index++) if (parts[index]) full.push(parts[index]);
    return full;
  }, writable: true, configurable: true });
  define(String.prototype, "substr", { value: function (from, count) {
    return count === undefined ? substr.call(this, from < 0 ? 0 : from) : substr.call(this, from < 0 ? 0 : from, count);
  }, writable: true, configurable: true });
  const numbers = { ReferenceError: -2146823279, TypeError: -2146823281, SyntaxError: -2146827286, RangeError: -2146828283, InternalError: -2146828281 };
  define(NativeError.prototype, "number", { get() { return numbers[this.name] || 0; }, set(value) { define(this, "number", { value, writable: true, configurable: true }); }, configurable: true });
  define(NativeError.prototype, "description", { get() { return this.message; }, set(value) { define(this, "description", { value, writable: true, configurable: true }); }, configurable: true });
  function JError(first, second) {
    const numbered = typeof first === "number";
    const error = new NativeError(numbered ? second : first);
    if (numbered) error.number = first;
    error.description = numbered ? (second === undefined ? "" : String(second)) : first === undefined ? "" : String(first);
    return error;
  }
  JError.prototype = NativeError.prototype;
  const clock = () => call("com", 0, "now", "", []);
  function JDate(...parts) {
    const date = parts.length ? new NativeDate(...parts) : new NativeDate(clock());
    return new.target ? date : date.toString();
  }
  JDate.prototype = NativeDate.prototype;
  JDate.parse = NativeDate.parse;
  JDate.UTC = NativeDate.UTC;
  function Enumerator(collection) {
    let values = [], index = 0;
    if (collection !== undefined && collection !== null) {
      if (!WrappedObjects.has(collection)) fail(-2146823281, "Object not a collection");
      values = invoke(WrappedObjects.get(collection), "items", "", []);
    }
    this.atEnd = () => index >= values.length;
    this.item = () => values[index];
    this.moveNext = () => { index++; };
    this.moveFirst = () => { index = 0; };
  }
  function VBArray(value) {
    if (!WrappedObjects.has(value)) fail(-2146823275, "VBArray expected");
    const values = invoke(WrappedObjects.get(value), "items", "", []);
    this.toArray = () => values.slice();
    this.getItem = index => values[index];
    this.lbound = () => 0;
    this.ubound = () => values.length - 1;
    this.dimensions = () => 1;
  }
  const first = call("host"), WScript = wrap(first.o, first.t);
  const added = {
    WScript, WSH: WScript, Enumerator, VBArray, Error: JError, Date: JDate,
    ActiveXObject: function ActiveXObject(name) { return back(call("create", String(name))); },
    GetObject: () => fail(-2146827859, "Automation server can't create object"),
    ScriptEngine: () => "JScript", ScriptEngineMajorVersion: () => 5, ScriptEngineMinorVersion: () => 7, ScriptEngineBuildVersion: () => 18000,
    CollectGarbage: () => undefined,
    // A string has no characters by index before JScript 5.8.
    __index__: (object, key) => (typeof object === "string" && key !== "length" && (typeof key === "number" || /^\d+$/.test(key)) ? undefined : object[key]),
  };
  const protos = ["Array", "String", "Number", "Object", "Function", "RegExp", "Date"];
  for (const name of protos) prune(global[name].prototype, kept[name], "constructor length");
  for (const name of Object.keys(statics)) prune(global[name], statics[name], "prototype length name");
  prune(global, kept[""], "");
  for (const name in added) define(global, name, { value: added[name], writable: true, configurable: true, enumerable: false });
})(this);
