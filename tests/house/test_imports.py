"""Who may import whom (docs/decisions/0001-layout.md)."""

import ast

from tests.house.sources import PACKAGES, name_of, python_files, tree

# Lower may not import higher. The wiring (settings, urls, wsgi) is outside.
FLOORS = {
    "casetracker.access": 0,
    "casetracker.audit": 0,
    "casetracker.web": 0,
    "cases": 1,
    "rounds": 2,
    "casetracker.desk": 3,
}
WIRING = {"casetracker/settings.py", "casetracker/urls.py", "casetracker/wsgi.py"}
# Inside an app: what each part may not import.
NEVER = {
    "models": ("actions", "views", "forms", "filters", "urls"),
    "actions": ("views", "forms", "filters", "urls"),
    "forms": ("views", "urls", "actions"),
    "filters": ("views", "urls", "actions"),
    "states": ("models", "actions", "views", "forms", "filters", "urls"),
    "views": ("urls",),
}


def imported(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def floor_of(module):
    fits = [prefix for prefix in FLOORS if module == prefix or module.startswith(prefix + ".")]
    if fits:
        return FLOORS[max(fits, key=len)]
    return 0 if module.startswith("casetracker") else None


def module_of(file):
    return name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_nothing_imports_upwards():
    wrong = []
    for file in python_files(migrations=True):
        if name_of(file) in WIRING:
            continue
        mine = floor_of(module_of(file))
        wrong += [f"{name_of(file)} imports {m}" for m in imported(file) if (floor_of(m) or 0) > mine]
    assert wrong == []


def test_parts_of_an_app_import_inwards():
    wrong = []
    for file in python_files():
        part = next((p for p in module_of(file).split(".") if p in NEVER), "")
        for module in imported(file) if part else ():
            parts = module.split(".")
            if parts[0] in PACKAGES and any(p in NEVER[part] for p in parts[1:3]):
                wrong.append(f"{name_of(file)} imports {module}")
    assert sorted(set(wrong)) == []


def test_no_signals_of_our_own():
    wrong = []
    for file in python_files():
        wrong += [
            name_of(file) for module in imported(file) if module.endswith((".dispatch.receiver", ".dispatch.Signal"))
        ]
    assert wrong == []


def test_no_admin_site():
    for file in python_files():
        assert not any(module.startswith("django.contrib.admin") for module in imported(file)), name_of(file)


def test_views_write_through_actions_only():
    """No `.save()`, `.create()`, `.update()`, `.delete()` and no `objects.all()` in views and forms."""
    verbs = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "unscoped"}
    wrong = []
    for file in python_files():
        if not {"views", "forms"} & set(module_of(file).split(".")):
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs:
                wrong.append(f"{name_of(file)}:{node.lineno} .{node.func.attr}()")
    assert wrong == []
